"""Observe, plan, apply, report: the only place where reading, planning and writing meet."""
