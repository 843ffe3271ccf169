// Proof leaves receivers early, and counts the goroutines that are left.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

func slow(d time.Duration) string {
	time.Sleep(d)
	return "late"
}

func timeout() string {
	result := make(chan string)
	go func() {
		result <- slow(50 * time.Millisecond)
	}()
	select {
	case s := <-result:
		return s
	case <-time.After(time.Millisecond):
		return "timeout"
	}
}

func early(fail bool) error {
	done := make(chan error)
	go func() { done <- nil }()
	if fail {
		return errors.New("early")
	}
	return <-done
}

func two() string {
	first := make(chan string)
	go func() { first <- "a" }()
	go func() { first <- "a" }()
	return <-first
}

func main() {
	start := runtime.NumGoroutine()
	fmt.Println(timeout(), early(true), early(false), two())
	deadline := time.Now().Add(2 * time.Second)
	for runtime.NumGoroutine() > start && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("left=%d\n", runtime.NumGoroutine()-start)
}
