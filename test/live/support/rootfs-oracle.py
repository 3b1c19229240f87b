"""Prints what a folder holds, as lstat sees it: one JSON object a line, sorted by path.

    rootfs-oracle.py FOLDER
"""

import base64
import hashlib
import json
import os
import stat
import sys
from collections import Counter

TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "char",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
}


def content_hash(path: bytes) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_text(line: dict, key: str, value: bytes) -> None:
    line[key] = value.decode("utf-8", "backslashreplace")
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        line[key + "Base64"] = base64.b64encode(value).decode()


def describe(path: bytes, name: bytes) -> dict:
    status = os.lstat(path)
    line: dict = {}
    put_text(line, "path", name)
    line["type"] = TYPES[stat.S_IFMT(status.st_mode)]
    line["mode"] = f"{stat.S_IMODE(status.st_mode):04o}"
    line["uid"] = status.st_uid
    line["gid"] = status.st_gid
    line["size"] = 0
    line["mtime"] = status.st_mtime_ns // 1_000_000_000
    if line["type"] == "file":
        line["size"] = status.st_size
        line["sha256"] = content_hash(path)
    elif line["type"] == "symlink":
        put_text(line, "linkTarget", os.readlink(path))
    elif line["type"] in ("char", "block"):
        line["device"] = {"major": os.major(status.st_rdev), "minor": os.minor(status.st_rdev)}
    xattrs = {
        key: base64.b64encode(os.getxattr(path, key, follow_symlinks=False)).decode()
        for key in os.listxattr(path, follow_symlinks=False)
    }
    if xattrs:
        line["xattrs"] = xattrs
    return line


def inode(path: bytes) -> tuple[int, int]:
    status = os.lstat(path)
    return status.st_dev, status.st_ino


def walk(folder: bytes, prefix: bytes):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        # An overlay of the kernel lists the whiteouts of a directory that one layer alone has, and gives nothing there.
        if not os.path.lexists(path):
            continue
        yield path, prefix + name
        if stat.S_ISDIR(os.lstat(path).st_mode):
            yield from walk(path, prefix + name + b"/")


def main() -> None:
    root = os.fsencode(sys.argv[1])
    found = [(root, b"."), *walk(root, b"")]
    # Counted here, since overlays of a kernel tell the count of a lower layer in which more names may stand.
    names = Counter(inode(path) for path, _ in found)
    for path, name in sorted(found, key=lambda pair: pair[1]):
        line = describe(path, name)
        if names[inode(path)] > 1:
            line["links"] = names[inode(path)]
        print(json.dumps(line, sort_keys=True))


main()
