// Package noctx has the cases of noctx.
package noctx

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/smtp"
	"os/exec"
	"time"
)

// peers FP-13: there is no context to pass.
func FP13() error { return exec.Command("ls").Run() }

func init() { _ = exec.Command("ls").Run() }

// peers FP-14: the context is attached afterwards.
func FP14(ctx context.Context, u string) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return nil, err
	}
	return r.WithContext(ctx), nil
}

var get = http.Get

func alive(ctx context.Context) bool { return ctx.Err() == nil }

// peers FN-17: a func value of the package.
func FN17(ctx context.Context, u string) {
	if r, err := get(u); err == nil && alive(ctx) { // want information ctxvariant
		r.Body.Close()
	}
}

type getter interface {
	Get(string) (*http.Response, error)
}

// peers FN-18: an interface. What stands behind it is not in view, and it has
// no sibling to call: silent.
func FN18(ctx context.Context, g getter, u string) {
	if r, err := g.Get(u); err == nil && alive(ctx) {
		r.Body.Close()
	}
}

type store struct{ data chan string }

func (s *store) Load(k string) string { return <-s.data }

func (s *store) LoadContext(ctx context.Context, k string) string {
	select {
	case v := <-s.data:
		return v
	case <-ctx.Done():
		return ""
	}
}

// peers FN-19: siblings of the house, and of the library.
func FN19(ctx context.Context, s *store) string {
	if !alive(ctx) {
		return ""
	}
	return s.Load("k") // want information ctxvariant
}

func FN19Dial(ctx context.Context, addr *net.TCPAddr) {
	if !alive(ctx) {
		return
	}
	if c, err := net.DialTCP("tcp", nil, addr); err == nil { // want information ctxvariant
		c.Close()
	}
	if c, err := (&net.Dialer{}).Dial("tcp", "localhost:0"); err == nil { // want information ctxvariant
		c.Close()
	}
	if c, err := (&tls.Dialer{}).Dial("tcp", "localhost:0"); err == nil { // want information ctxvariant
		c.Close()
	}
}

// peers FN-19: smtp has nothing that takes a context, but takes a connection.
func FN19SMTP(ctx context.Context) {
	if !alive(ctx) {
		return
	}
	if c, err := smtp.Dial("localhost:0"); err == nil { // want information ctxvariant
		c.Close()
	}
}

// peers FN-19: a sleep under a context.
func FN19Sleep(ctx context.Context) bool {
	time.Sleep(time.Second) // want information deafsleep
	return alive(ctx)
}

type client struct {
	get func(string) (*http.Response, error)
}

// peers FN-20: a function in a field.
func FN20(ctx context.Context, u string) {
	x := client{get: http.Get}
	if r, err := x.get(u); err == nil && alive(ctx) { // want information ctxvariant
		r.Body.Close()
	}
}
