package tiers

import "testing"

func TestStops(t *testing.T) {
	first := make(chan int)
	go func() {
		first <- 1 // want `goroutine can block for ever as it wants to send to first: its receiver can leave first`
	}()
	select {
	case <-first:
	case <-t.Context().Done():
	}
}
