"""Runs the commands of workflows and actions as GitHub would, and checks their shape.

Only what our files use is known; anything else is an error, so that nothing is passed over.
Steps with `uses` are not run: they are held to a pinned version, and what they would give out
is said by the test.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Tree = dict[str, Any]

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_TERM = re.compile(r"([\w.-]+)\s*(==|!=)\s*'([^']*)'")
_PINNED = re.compile(r"\./|[\w.-]+/[\w./-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})")

_WORKFLOW = {"name", "on", "permissions", "concurrency", "jobs", "env"}
_JOB = {"name", "runs-on", "steps", "strategy", "timeout-minutes", "env", "permissions", "needs"}
_STEP = {"name", "id", "if", "uses", "with", "run", "env", "shell", "working-directory"}
_ACTION = {"name", "description", "inputs", "outputs", "runs", "branding"}


def load(path: Path) -> Tree:
    """Return a YAML file; `on`, which YAML 1.1 reads as true, keeps its name."""
    tree: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in tree.items()}


def workflow_faults(tree: Tree) -> list[str]:
    """Return what is wrong with the shape of a workflow."""
    faults = [f"unknown key {key}" for key in tree.keys() - _WORKFLOW]
    faults += [f"no {key}" for key in ("name", "on", "permissions", "jobs") if key not in tree]
    for name, job in tree.get("jobs", {}).items():
        faults += [f"{name}: unknown key {key}" for key in job.keys() - _JOB]
        faults += [f"{name}: no {key}" for key in ("runs-on", "steps") if key not in job]
        faults += [f"{name}: {fault}" for fault in step_faults(job.get("steps", []))]
    return faults


def action_faults(tree: Tree) -> list[str]:
    """Return what is wrong with the shape of a composite action."""
    faults = [f"unknown key {key}" for key in tree.keys() - _ACTION]
    faults += [f"no {key}" for key in ("name", "description", "runs") if key not in tree]
    runs = tree.get("runs", {})
    if runs.get("using") != "composite" or runs.keys() != {"using", "steps"}:
        return [*faults, "not a composite action"]
    for name, given in tree.get("inputs", {}).items():
        if given.keys() != {"description", "required", "default"}:
            faults.append(f"input {name}: give description, required and default")
        if not isinstance(given.get("default"), str):
            faults.append(f"input {name}: inputs are texts")
    for step in runs["steps"]:
        if "run" in step and "shell" not in step:
            faults.append(f"{step.get('name')}: a step of an action needs a shell")
        if _EXPRESSION.search(step.get("run", "")):
            faults.append(f"{step.get('name')}: an expression in a command is an open door")
    known = set(tree.get("inputs", {}))
    for used in re.findall(r"inputs\.([\w-]+)", yaml.safe_dump(runs)):
        if used not in known:
            faults.append(f"no input {used}")
    return faults + step_faults(runs["steps"])


def step_faults(steps: list[Tree]) -> list[str]:
    """Return what is wrong with steps: keys, versions that move, names of steps that are not."""
    faults: list[str] = []
    seen: set[str] = set()
    for number, step in enumerate(steps, 1):
        name = step.get("name", number)
        faults += [f"step {name}: unknown key {key}" for key in step.keys() - _STEP]
        if ("uses" in step) == ("run" in step):
            faults.append(f"step {name}: either uses or run")
        if "uses" in step and not _PINNED.fullmatch(step["uses"]):
            faults.append(f"step {name}: {step['uses']} is not pinned to a version")
        for used in re.findall(r"steps\.([\w-]+)", yaml.safe_dump(step)):
            if used not in seen:
                faults.append(f"step {name}: no step {used} before it")
        seen.add(step.get("id", ""))
    return faults


@dataclass
class Runner:
    """A machine: a working folder, what expressions can see, and the files that steps write to."""

    workspace: Path
    files: Path
    environment: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    log: str = ""
    failed: bool = False

    def __post_init__(self) -> None:
        self.files.mkdir(exist_ok=True)
        self.summary = self.files / "summary.md"
        self.summary.touch()
        self.environment = {
            **self.environment,
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.files),
        }

    def run(self, steps: list[Tree]) -> list[str]:
        """Run the steps that are commands, and return the names of all that were not left out."""
        ran = []
        for step in steps:
            if not self._wanted(step.get("if", "")):
                continue
            ran.append(step.get("name") or step.get("uses") or step["run"])
            if "run" in step and not step["run"].startswith(self.skip or ("\0",)):
                self._command(step)
            if "id" in step:
                outcome = "failure" if self.failed else "success"
                self.values.setdefault(f"steps.{step['id']}.outcome", outcome)
        return ran

    def text(self, text: object) -> str:
        """Return a text with its expressions replaced by what they stand for."""
        plain = str(text).lower() if isinstance(text, bool) else str(text)
        return _EXPRESSION.sub(lambda match: self._value(match[1]), plain)

    def _value(self, expression: str) -> str:
        compared = _TERM.fullmatch(expression)
        if compared:
            return str(self._term(expression)).lower()
        if expression not in self.values and not expression.startswith("steps."):
            raise LookupError(f"{expression} is not known here")
        return self.values.get(expression, "")

    def _wanted(self, condition: str) -> bool:
        found = _EXPRESSION.fullmatch(condition)
        terms = [each.strip() for each in (found[1] if found else condition).split("&&")]
        if "!cancelled()" in terms:
            terms.remove("!cancelled()")
        elif self.failed:
            return False
        return all(self._term(each) for each in terms if each)

    def _term(self, term: str) -> bool:
        found = _TERM.fullmatch(term)
        if found is None:
            raise LookupError(f"{term!r} is more than this runner knows")
        return (self._value(found[1]) == found[3]) == (found[2] == "==")

    def _command(self, step: Tree) -> None:
        output, path = self.files / "output", self.files / "path"
        output.write_text("")
        path.write_text("")
        given = {key: self.text(value) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.text(step["run"])],
            cwd=self.workspace / self.text(step.get("working-directory", ".")),
            env={
                **self.environment, **given,
                "GITHUB_OUTPUT": str(output), "GITHUB_PATH": str(path),
            },
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.log += done.stdout
        self.failed = self.failed or done.returncode != 0
        for line in output.read_text("utf-8").splitlines():
            name, value = line.split("=", 1)
            self.values[f"steps.{step['id']}.outputs.{name}"] = value
        for line in path.read_text("utf-8").splitlines():
            self.environment["PATH"] = f"{line}{os.pathsep}{self.environment['PATH']}"
