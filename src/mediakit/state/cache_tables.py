"""The tables of the cache, and what each is about.

| table | from | to |
| --- | --- | --- |
| `file` | path and stat | SHA-256 |
| `reading` | path and stat of a content file | its parsed page, a picture's slips |
| `mention` | path and stat of a text file | what it names; what a picture tells |
| `settled` | | the plan of a run that had nothing to do, and what it followed from |
| `picture` | SHA-256 | displayed size and format |
| `look`, `grey` | SHA-256 | colour and placeholder; small grey copy |
| `hashes` | SHA-256 | perceptual hashes |
| `written`, `stored` | | journals: bytes that were about to be put at a site path, or at a target |
| `made` | site path | SHA-256 of what mediakit last made there, on this machine |
| `declined` | digest | products that came to nothing (`sync/declined.py`) |
"""

from __future__ import annotations

from mediakit.state.sqlite_file import Schema

SCHEMA = 9

_TABLES = """
CREATE TABLE file (path TEXT PRIMARY KEY,
  size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, sha256 TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE reading (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  settings TEXT, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE mention (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  settings TEXT, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE settled (number INTEGER PRIMARY KEY, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE picture (sha256 TEXT PRIMARY KEY,
  width INTEGER, height INTEGER, format TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE look (sha256 TEXT PRIMARY KEY,
  colour TEXT, placeholder TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE grey (sha256 TEXT PRIMARY KEY, copy BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE hashes (sha256 TEXT PRIMARY KEY,
  version INTEGER, data BLOB, seal INTEGER) WITHOUT ROWID;
CREATE TABLE written (path TEXT, source TEXT, preset TEXT, source_sha256 TEXT, fingerprint TEXT,
  sha256 TEXT, bytes INTEGER, width INTEGER, height INTEGER, seal INTEGER,
  PRIMARY KEY (path, sha256)) WITHOUT ROWID;
CREATE TABLE stored (target TEXT, key TEXT, sha256 TEXT, headers TEXT, seal INTEGER,
  PRIMARY KEY (target, key, sha256)) WITHOUT ROWID;
"""
_LATER = """
CREATE TABLE IF NOT EXISTS made (path TEXT PRIMARY KEY, sha256 TEXT, seal INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS declined (digest TEXT PRIMARY KEY, seal INTEGER) WITHOUT ROWID"""
CACHE_SCHEMA = Schema(SCHEMA, _TABLES, _LATER)
