package main

import "context"

// mockSource stands for a source in tests, which read what they want.
type mockSource struct{ values []int }

func (m *mockSource) Subscribe(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for _, v := range m.values {
			out <- v // want `to send to out`
		}
	}()
	return out
}
