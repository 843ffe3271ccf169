package bad

import (
	"context"
	"time"
)

func work(context.Context) {}

func above(ctx context.Context) {
	//ctxls:ignore lostcancel it was lost once // want `this comment has no effect: lostcancel finds nothing where it stands`
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work(ctx)
}

func trailing(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx) //ctxls:ignore lostcancel // want `this comment has no effect: lostcancel finds nothing`
	defer cancel()
	work(ctx) // as it should
}

func two(ctx context.Context) {
	//ctxls:ignore lostcancel,deafsleep neither // want `this comment has no effect: lostcancel and deafsleep find nothing where it stands`
	work(ctx)
}

func partly(ctx context.Context) {
	//ctxls:ignore deafsleep, lostcancel the process ends here // want `a part of this comment has no effect: deafsleep finds nothing`
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

func partlyLast(ctx context.Context) {
	_, cancel := context.WithCancel(ctx) //ctxls:ignore lostcancel,discardeddone why // want `a part of this comment has no effect: discardeddone finds nothing`
	_ = cancel
}

func misspelt(ctx context.Context) {
	//ctxls:ignore lostcansel the process ends here // want `this comment has no effect: there is no rule "lostcansel", the nearest is "lostcancel"`
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

func misspeltPartly(ctx context.Context) {
	//ctxls:ignore lostcancel,deafsleap why // want `a part of this comment has no effect: there is no rule "deafsleap", the nearest is "deafsleep"`
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

func wrongLine(ctx context.Context) {
	//ctxls:ignore lostcancel too high up // want `lostcancel finds nothing`
	work(ctx)
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}

//ctxls:ignore deafsleep nothing sleeps here any more // want `deafsleep finds nothing`
func whole(ctx context.Context) {
	work(ctx)
}

// method has a comment in its documentation.
//
//ctxls:ignore deafgoroutine it ends by itself // want `deafgoroutine finds nothing`
func (t *T) method(ctx context.Context) {
	go work(ctx)
}

type T struct{}

func golangci(ctx context.Context) {
	work(ctx) //nolint:ctxls // once // want `this comment has no effect: ctxls finds nothing where it stands`
}

func golangciList(ctx context.Context) {
	work(ctx) //nolint:errcheck,ctxls // both // want `this comment has no effect: ctxls finds nothing`
}

func staticcheck(ctx context.Context) {
	//lint:ignore ctxls once // want `this comment has no effect: ctxls finds nothing`
	work(ctx)
}

func staticcheckList(ctx context.Context) {
	//lint:ignore SA1012,ctxls once // want `this comment has no effect: ctxls finds nothing`
	work(ctx)
}

func nameless(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	_ = cancel

	//ctxls:ignore // want `this comment has no effect: it names no rule`

	time.Sleep(time.Millisecond)
}

func itself(ctx context.Context) {
	//ctxls:ignore unusedignore nothing is unused // want `unusedignore finds nothing`
	work(ctx)
}

//ctxls:ignore lostcancel it is the type that is documented // want `lostcancel finds nothing`
type documented struct{ cancel context.CancelFunc }
