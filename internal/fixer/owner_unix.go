//go:build unix

package fixer

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives the file to the owner and the group of another. Only root
// can give a file to anybody, an owner only to groups of their own.
func keepOwner(file *os.File, info fs.FileInfo) error {
	mine, err := file.Stat()
	if err != nil {
		return err
	}
	want, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if has, ok := mine.Sys().(*syscall.Stat_t); ok && has.Uid == want.Uid && has.Gid == want.Gid {
		return nil
	}
	return file.Chown(int(want.Uid), int(want.Gid))
}
