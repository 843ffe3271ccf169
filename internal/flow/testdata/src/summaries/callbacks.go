package summaries

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
)

type callback func(context.Context) error

type label struct{}

func WithRoot(f callback) error { // want `param 0 called with context of -1`
	return f(context.WithValue(context.Background(), label{}, 1))
}

func WithOwn(ctx context.Context, f callback) error { // want `param 1 called with context of 0`
	if f == nil {
		return nil
	}
	return f(ctx)
}

func Guarded(ctx context.Context, f callback) (err error) { // want `param 1 called with context of 0`
	func(ctx context.Context) {
		defer func() { recover() }()
		err = f(ctx)
	}(ctx)
	return err
}

func PassesOn(f callback) error { return WithOwn(context.TODO(), f) } // want `param 0 called with context of -1`

func Bounded(ctx context.Context, f callback) error { // want `^param 1 called$`
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return f(ctx)
}

func Either(ctx context.Context, f callback) error { // want `^param 1 called$`
	if f(ctx) == nil {
		return nil
	}
	return f(context.Background())
}

// The variable is derived from itself, as far as the literal can tell.
func Warm(f callback) error { // want `^param 0 called$`
	var ctx context.Context
	show := func() { fmt.Println(ctx) }
	ctx = context.WithValue(ctx, label{}, 1)
	err := f(ctx)
	show()
	return err
}

var hook callback

// It writes the name of what it calls.
func Named(f callback) error { // want `param 0 called with context of -1`
	name(f)
	return f(context.Background())
}

func name(f callback) { // want `param 0 called with context of -3`
	fmt.Println(runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name())
}

func ByReflection(f callback) error { // want `^param 0 kept$`
	reflect.ValueOf(f).Call(nil)
	return f(context.Background())
}

type server struct{ f callback }

func Kept(f callback) error { // want `^param 0 kept$`
	hook = f
	return f(context.Background())
}

func KeptInField(s *server, f callback) error { // want `^param 1 kept$`
	s.f = f
	return f(context.Background())
}

func Returned(f callback) (callback, error) { // want `^param 0 called$`
	return f, f(context.Background())
}

func SentOn(to chan callback, f callback) error { // want `^param 1 kept$`
	to <- f
	return f(context.Background())
}

func InMap(m map[int]callback, f callback) error { // want `^param 1 kept$`
	m[1] = f
	return f(context.Background())
}

func ToWhom(others func(callback), f callback) error { // want `^param 0 called, param 1 kept$`
	others(f)
	return f(context.Background())
}

func Replaced(f callback) error { // want `^param 0 sometimes called$`
	run := func() error { return f(context.Background()) }
	if hook != nil {
		f = hook
	}
	return run()
}

// Which of the two is meant isn't told apart.
func Two(ctx context.Context, f func(live, detached context.Context) error) error { // want `^param 1 called$`
	return f(context.Background(), ctx)
}

type request interface {
	context.Context
	Request() *http.Request
}

func WithRequest(r request, f func(context.Context, request) error) error { // want `^param 1 called$`
	return f(context.Background(), r)
}
