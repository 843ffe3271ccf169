package fixer

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// owned makes a file in a folder that everybody may write to.
func owned(t *testing.T, uid, gid int, mode os.FileMode) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to others")
	}
	path := newFile(t, "a.go", "old text")
	dir := filepath.Dir(path)
	for _, err := range []error{os.Chmod(dir, 0o777), os.Chmod(filepath.Dir(dir), 0o755), os.Chown(path, uid, gid), os.Chmod(path, mode)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func sameOwner(t *testing.T, path string, uid, gid uint32, mode os.FileMode) (inode uint64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if stat.Uid != uid || stat.Gid != gid || info.Mode() != mode {
		t.Errorf("the file is of %d:%d, %v; want %d:%d, %v", stat.Uid, stat.Gid, info.Mode(), uid, gid, mode)
	}
	return stat.Ino
}

func TestWriteKeepsOwnerAndGroup(t *testing.T) {
	path := owned(t, 4321, 1234, 0o640|os.ModeSetgid)
	if err := (File{path, []byte("old text"), []byte("new")}).Write(); err != nil {
		t.Fatal(err)
	}
	sameOwner(t, path, 4321, 1234, 0o640|os.ModeSetgid)
	if got := read(t, path); got != "new" {
		t.Errorf("the file holds %q", got)
	}
}

// Who may write to a file need not be able to make another one like it.
func TestWriteToTheFileOfAnother(t *testing.T) {
	for name, test := range map[string]struct{ uid, gid int }{
		"of another user":           {4321, 1234},
		"of a group without writer": {65534, 1234},
	} {
		t.Run(name, func(t *testing.T) {
			path := owned(t, test.uid, test.gid, 0o666)
			before := sameOwner(t, path, uint32(test.uid), uint32(test.gid), 0o666)
			err := asNobody(t, File{path, []byte("old text"), []byte("new")}.Write)
			if err != nil {
				t.Fatal(err)
			}
			if after := sameOwner(t, path, uint32(test.uid), uint32(test.gid), 0o666); after != before {
				t.Error("the file was replaced")
			}
			if got := read(t, path); got != "new" {
				t.Errorf("the file holds %q", got)
			}
			if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
}

// asNobody calls f with the rights of nobody on files.
func asNobody(t *testing.T, f func() error) error {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsgid(65534); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(syscall.Setfsuid(0), syscall.Setfsgid(0)); err != nil {
			t.Fatal(err)
		}
	}()
	return f()
}
