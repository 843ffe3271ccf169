package ok

import (
	"context"
	"time"
)

func work(context.Context) {}

func above(ctx context.Context) {
	//ctxls:ignore lostcancel the process ends with it
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

func trailing(ctx context.Context) {
	_, cancel := context.WithCancel(ctx) //ctxls:ignore lostcancel the process ends with it
	_ = cancel
}

func both(ctx context.Context) {
	for ctx.Err() == nil {
		//ctxls:ignore lostcancel,deafsleep both are here
		_, cancel := context.WithCancel(ctx); time.Sleep(time.Second); _ = cancel
	}
}

// information is below what check fails on, but found.
func information(ctx context.Context) {
	time.Sleep(time.Second) //ctxls:ignore deafsleep short enough
	work(ctx)
}

// hint is only shown in editors, but found.
func hint(ctx context.Context) {
	parent, stop := context.WithCancel(ctx)
	defer stop()
	//ctxls:ignore lostcancel the parent ends with this function
	_, cancel := context.WithCancel(parent)
	if ctx.Err() != nil {
		return
	}
	cancel()
}

//ctxls:ignore lostcancel all of it
func whole(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

var held = func(ctx context.Context) {
	_, cancel := context.WithCancel(ctx) //ctxls:ignore lostcancel in a variable
	_ = cancel
}

//ctxls:ignore lostcancel the variable's function
var documented = func(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

func golangci(ctx context.Context) {
	_, cancel := context.WithCancel(ctx) //nolint:govet,ctxls // ends with the process
	_ = cancel
}

func staticcheck(ctx context.Context) {
	//lint:ignore ctxls ends with the process
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

func others(ctx context.Context) {
	work(ctx) //nolint
	work(ctx) //nolint:errcheck // not ctxls
	//lint:ignore SA1012 not ours
	work(ctx)
	// ctxls:ignore lostcancel a blank makes it prose
	work(ctx)
	/*ctxls:ignore lostcancel*/
	work(ctx)
	//ctxls:ignored
	work(ctx)
}

func silenced(ctx context.Context) {
	//ctxls:ignore unusedignore,lostcancel it is lost under another build tag
	_, cancel := context.WithCancel(ctx)
	defer cancel()
}

//ctxls:ignore unusedignore under other build tags it has an effect
func silencedFunction(ctx context.Context) {
	//ctxls:ignore deafsleep here
	work(ctx)
	work(ctx) //nolint:ctxls // and here
}

// overruled: another rule speaks for the statement, but the comment would be
// needed without that rule.
func overruled(ctx context.Context) {
	for {
		select {
		case <-ctx.Done(): //ctxls:ignore donenoexit it spins
		case <-time.After(time.Second):
		}
	}
}

func asm(ctx context.Context)

//ctxls:ignore lostcancel belongs to what has no body
