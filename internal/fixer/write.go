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
// text or all of the new. The mode, the owner and the group stay, and a
// symbolic link stays one. Where only a new text in the same file keeps the
// owner and the group, it is written there. Write refuses a file whose text
// is no longer Before.
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
	if keepOwner(tmp, info) != nil {
		return errors.Join(tmp.Close(), os.Remove(tmp.Name()), f.writeInPlace(path))
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

// writeInPlace writes over the text of the file, and puts back the old one
// when that fails.
func (f File) writeInPlace(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = overwrite(file, f.After)
	if err != nil {
		err = errors.Join(err, overwrite(file, f.Before))
	}
	return errors.Join(err, file.Close())
}

func overwrite(file *os.File, text []byte) error {
	_, err := file.WriteAt(text, 0)
	if err == nil {
		err = file.Truncate(int64(len(text)))
	}
	if err == nil {
		err = file.Sync()
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

// fill writes the text to the temporary file, which gets the mode of the file
// that it will replace. Its owner is right: a change of that takes bits away.
func fill(tmp *os.File, info fs.FileInfo, text []byte) error {
	_, err := tmp.Write(text)
	if err == nil {
		err = tmp.Chmod(info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky))
	}
	if err == nil {
		err = tmp.Sync()
	}
	return errors.Join(err, tmp.Close())
}
