"""What has been written is on the disk before anybody is told so, whole or not at all; and what a disk refuses is said in Chinese.

One place, because a missing fsync is seen only after a power cut, and half a file only when somebody opens it.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

_WHY = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过了允许的大小",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "路径不存在",
    errno.EEXIST: "已有同名文件",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.EIO: "磁盘读写出错",
}


def why(error: OSError) -> str:
    """What went wrong, in words that do not depend on the machine's language."""
    return _WHY.get(error.errno or 0, f"系统错误 {error.errno}")


def keep_on_disk(path: Path) -> None:
    """Returns when a file's content, or a folder's list of names, has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_whole(path: Path, content: bytes) -> None:
    """Write a file that a person asked for. A full disk leaves what stood there before, and nothing half written."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(content)  # a pipe or /dev/stdout has no beside
        return
    aside = path.with_name(f".{path.name[:40]}.{os.getpid()}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            os.chmod(aside, path.stat().st_mode & 0o777)
        os.replace(aside, path)
    except BaseException as failed:
        aside.unlink(missing_ok=True)
        if isinstance(failed, OSError):
            failed.filename = str(path)  # the person knows this name, not the one beside it
        raise
