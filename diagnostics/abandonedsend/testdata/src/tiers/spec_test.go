package tiers

import "time"

func it(name string, spec func()) bool { spec(); return true }

// A hint: a specification ends with the test's process.
var _ = it("loads", func() {
	loaded := make(chan error)
	go func() {
		loaded <- nil // want `goroutine can block for ever as it wants to send to loaded: its receiver can leave first`
	}()
	select {
	case <-loaded:
	case <-time.After(time.Second):
	}
})
