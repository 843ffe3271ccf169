package rule

import "testing"

func TestReleasesAfter(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       bool
	}{
		{"nothing follows", "g()", false},
		{"before it", "mu.Lock(); mu.Unlock(); g()", false},
		{"an unlock", "mu.Lock(); g(); mu.Unlock()", true},
		{"a deferred unlock", "mu.Lock(); defer mu.Unlock(); g()", false},
		{"a close", "g(); close(ch)", true},
		{"a send", "g(); ch <- 1", true},
		{"a send in a goroutine", "g(); go func() { ch <- 1 }()", false},
		{"a countdown", "g(); wg.Done()", true},
		{"a look at a context", "g(); _ = ctx.Done()", false},
		{"in a condition", "g(); if err := f.Close(); err != nil { println() }", true},
		{"on another branch", "if x { g() } else { ch <- 1 }", false},
		{"behind a branch", "if x { g() }; ch <- 1", true},
		{"behind a branch that leaves", "if x { g(); return }; ch <- 1", false},
		{"later in the turn", "for { g(); ch <- 1 }", true},
		{"in the next turn", "for { ch <- 1; g() }", false},
		{"in the turns after a continue", "for { if x { g(); continue }; ch <- 1 }", false},
		{"behind the loop", "for x { g() }; close(ch)", true},
		{"behind an endless loop", "for { g() }", false},
		{"behind a break", "for { g(); if x { break } }; close(ch)", true},
		{"in the next turn of a range", "for range 3 { ch <- 1; g() }", false},
		{"behind a range", "for range 3 { g() }; close(ch)", true},
		{"a name that only looks like it", "g(); closest()", false},
		{"a verb of ending", "g(); closeAll()", true},
		{"after a panic", "g(); if x { panic(1) }", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPass(t, `package p

import (
	"context"
	"os"
	"sync"
)

func f(ctx context.Context, mu *sync.Mutex, wg *sync.WaitGroup, ch chan int, f *os.File, x bool) {
	`+tt.body+`
}

func g()        {}
func closest()  {}
func closeAll() {}
`)
			at := stmtAt(t, p, "g()").Pos()
			_, body := p.Function(at)
			if got := p.ReleasesAfter(at, body); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
