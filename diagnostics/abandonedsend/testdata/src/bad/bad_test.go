package bad

import (
	"testing"
	"time"
)

// A test that passes leaves its goroutine to the next ones.
func TestLeaves(t *testing.T) {
	done := make(chan error)
	go func() {
		done <- fetch() // want `send to done: its receiver can leave first`
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
		t.Log("too slow")
	}
}

// A test that fails ends, and the others don't matter any more.
func TestFails(t *testing.T) {
	done := make(chan error)
	go func() {
		done <- fetch()
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
		t.Fatal("too slow")
	}
}

// So does one that goes on but has failed.
func TestHasFailed(t *testing.T) {
	done := make(chan error)
	go func() {
		done <- fetch()
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
		t.Errorf("too slow")
	}
}

// A helper that only logs leaves the test as it is.
func TestNotes(t *testing.T) {
	done := make(chan error)
	go func() {
		done <- fetch() // want `send to done: its receiver can leave first`
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
		note(t)
	}
}

type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func fail(t tester, what string) bool {
	t.Helper()
	if what == "" {
		what = "failed"
	}
	t.Errorf("%s", what)
	return false
}

func note(t *testing.T) {
	if testing.Verbose() {
		t.Errorf("too slow")
	}
}

// A helper that fails the test on each way is as good.
func TestHelperFails(t *testing.T) {
	done := make(chan error)
	go func() {
		done <- fetch()
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
		fail(t, "too slow")
	}
}
