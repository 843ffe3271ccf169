// Package summaries states, in want comments, what callers see of functions.
package summaries

import (
	"context"
	"log"
	"os"
	"runtime"
	"sync"
	"time"
)

func Exit(code int) { // want `no return`
	if code > 100 {
		log.Fatal("too much")
	}
	os.Exit(code)
}

func Forever() { // want `no return`
	for {
		time.Sleep(time.Second)
	}
}

func Block() { // want `no return`
	select {}
}

func Goexit() { // want `no return`
	defer2()
	runtime.Goexit()
}

func defer2() {}

func Recovers() {
	defer func() { recover() }()
	panic("x")
}

func MayExit(ok bool) {
	if !ok {
		Exit(1)
	}
}

// Recursion: neither of the two ever returns but by the other.
func Ping(n int) { // want `no return`
	if n > 0 {
		Pong(n - 1)
	}
	os.Exit(0)
}

func Pong(n int) {
	if n > 0 {
		return
	}
	Ping(n)
}

func Call(f func())  { f() }       // want `param 0 called`
func Defer(f func()) { defer f() } // want `param 0 called`

func Sometimes(f func(), b bool) { // want `param 0 sometimes called`
	if b {
		f()
	}
}

func IfSet(f func()) { // want `param 0 called`
	if f != nil {
		f()
	}
}

func Drop(f func())         {}                  // want `param 0 dropped`
func Mention(f func())      { _ = f }           // want `param 0 dropped`
func Compare(f func()) bool { return f == nil } // want `param 0 dropped`

var kept func()

func Keep(f func())              { kept = f }                  // want `param 0 kept`
func Return(f func()) func()     { return f }                  // want `param 0 kept`
func Launch(f func())            { go f() }                    // want `param 0 launched`
func LaunchIn(f func())          { go func() { defer f() }() } // want `param 0 launched`
func Through(f func())           { Drop(f) }                   // want `param 0 dropped`
func Through2(f func())          { Call(f) }                   // want `param 0 called`
func Through3(f func())          { Launch(f) }                 // want `param 0 launched`
func ViaGroup(f func())          { new(sync.WaitGroup).Go(f) } // want `param 0 launched`
func Literal(f func())           { func() { f() }() }          // want `param 0 called`
func DeadLiteral(f func())       { _ = func() { f() } }        // want `param 0 dropped`
func Second(n int, f func())     { f() }                       // want `param 1 called`
func Generic[T any](f func(T))   { var zero T; f(zero) }       // want `param 0 called`
func ThroughGeneric(f func(int)) { Generic(f) }                // want `param 0 called`

func Recursive(n int, f func()) { // want `param 1 called`
	if n == 0 {
		f()
		return
	}
	Call(f)
	Recursive(n-1, f)
}

type T struct {
	cancel context.CancelFunc
	ctx    context.Context
}

func (t *T) Run(f func()) { f() } // want `param 1 called`

func (t *T) Cancel() context.CancelFunc { return t.cancel } // want `result 0 shared`

func Fresh(p context.Context) (context.Context, context.CancelFunc) { // want `result 1 fresh, context 0 ends before 0`
	return context.WithCancel(p)
}

func Wrapped(p context.Context) (context.Context, context.CancelFunc) { // want `result 1 fresh, context 0 ends before 0`
	ctx, cancel := Fresh(p)
	return context.WithValue(ctx, T{}, 1), cancel
}

func Noop(p context.Context) (context.Context, context.CancelFunc) { // want `result 1 does nothing, context 0 follows 0`
	return p, func() {}
}

func Perhaps(p context.Context, d time.Duration) (context.Context, context.CancelFunc) { // want `result 1 fresh, context 0 follows 0`
	if d == 0 {
		return p, func() {}
	}
	return context.WithTimeout(p, d)
}

func Detach(p context.Context) context.Context { return context.WithoutCancel(p) } // want `context 0 follows -1`

func Root() context.Context { return context.Background() } // want `context 0 follows -1`

func Field(t *T) context.Context { return t.ctx }
