//go:build unix

package server

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

func TestProcessAlive(t *testing.T) {
	if !processAlive(os.Getpid()) {
		t.Error("this process is said to be dead")
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Skip(err)
	}
	pid := child.Process.Pid
	if !processAlive(pid) {
		t.Error("a running child is said to be dead")
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" {
		eventually(t, "the death of a child that nobody waits for", func() bool { return !processAlive(pid) })
	}
	child.Wait()
	if processAlive(pid) {
		t.Error("a child that is gone is said to be alive")
	}
}
