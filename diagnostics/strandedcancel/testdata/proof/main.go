// Command main opens and closes 100 servers under a parent that outlives them.
// The parent is a context of its own type, so that the context package starts
// a goroutine for each child, which ends when the child is cancelled.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

type session struct{ context.Context }

func (session) Done() <-chan struct{} { return closing }

var closing = make(chan struct{})

type server struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newServer(parent context.Context) *server {
	ctx, cancel := context.WithCancel(parent)
	return &server{ctx: ctx, cancel: cancel}
}

func (s *server) serve() error { return s.ctx.Err() }

func (s *server) Close() {
	fmt.Sprint("closed")
}

func main() {
	parent := session{context.Background()}
	for range 100 {
		s := newServer(parent)
		if err := s.serve(); err != nil {
			fmt.Println(err)
		}
		s.Close()
	}
	for range 100 { // goroutines that have been told to end need a moment
		if runtime.NumGoroutine() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("goroutines=%d\n", runtime.NumGoroutine())
}
