package fixer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errReadOnly is returned for files whose owner may not write them, even to a
// user, such as root, who could.
var errReadOnly = errors.New("read-only")

// Write replaces the file's text in one step: a reader sees all of the old
// text or all of the new. The mode stays, and a symbolic link stays one. It
// refuses a file whose text is no longer Before.
func (f File) Write() error {
	if err := f.write(); err != nil {
		return fmt.Errorf("cannot write the fixes: %w", err)
	}
	return nil
}

func (f File) write() error {
	path, err := filepath.EvalSymlinks(f.Path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := writable(path, info); err != nil {
		return err
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Before) {
		return errors.New("the file was changed while it was analysed")
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	err = fill(tmp, info, f.After)
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// writable refuses what a rename would overwrite without asking.
func writable(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if info.Mode()&0o200 == 0 || folder.Mode()&0o200 == 0 {
		return errReadOnly
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return file.Close()
}

// fill writes the text to the temporary file, which gets the mode and the
// owner of the file that it will replace.
func fill(tmp *os.File, info fs.FileInfo, text []byte) error {
	_, err := tmp.Write(text)
	if err == nil {
		err = keepOwner(tmp, info)
	}
	if err == nil {
		err = tmp.Chmod(info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky))
	}
	if err == nil {
		err = tmp.Sync()
	}
	return errors.Join(err, tmp.Close())
}
