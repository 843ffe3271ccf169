package ok

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

type key struct{}

type user struct{ name string }

func commaOK(ctx context.Context) *user {
	u, ok := ctx.Value(key{}).(*user)
	if !ok {
		return nil
	}
	return u
}

func zero(ctx context.Context) *user {
	u, _ := ctx.Value(key{}).(*user)
	return u
}

func inCondition(ctx context.Context) string {
	if u, ok := ctx.Value(key{}).(*user); ok {
		return u.name
	}
	return ""
}

func declaration(ctx context.Context) *user {
	var u, ok = ctx.Value(key{}).(*user)
	_ = ok
	return u
}

func parenthesised(ctx context.Context) *user {
	u, _ := (ctx.Value(key{}).(*user))
	return u
}

func typeSwitch(ctx context.Context) string {
	switch v := ctx.Value(key{}).(type) {
	case *user:
		return v.name
	case string:
		return v
	}
	return ""
}

func notNil(ctx context.Context) string {
	v := ctx.Value(key{})
	if v == nil {
		return ""
	}
	return v.(*user).name
}

func notNilBranch(ctx context.Context) string {
	if v := ctx.Value(key{}); v != nil {
		return v.(*user).name
	}
	return ""
}

func nilFirst(ctx context.Context) string {
	v := ctx.Value(key{})
	if nil != v {
		return v.(*user).name
	}
	return ""
}

func switchFirst(ctx context.Context) string {
	v := ctx.Value(key{})
	switch v.(type) {
	case nil:
		return ""
	}
	return v.(*user).name
}

func reassigned(ctx context.Context) string {
	v := ctx.Value(key{})
	v = any(&user{"somebody"})
	return v.(*user).name
}

func compared(ctx context.Context) bool { return ctx.Value(key{}) == any(1) }

func handler(w http.ResponseWriter, r *http.Request) {
	s := r.Context().Value(http.ServerContextKey).(*http.Server)
	a := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	_, _ = s, a
}

var literal = func(w http.ResponseWriter, r *http.Request) {
	_ = r.Context().Value(http.LocalAddrContextKey).(net.Addr)
}

// Values of other things.
func atomics(ctx context.Context, v *atomic.Value) string { return v.Load().(string) }

type bag map[string]any

func (b bag) Value(name string) any { return b[name] }

func notAContext(ctx context.Context, b bag) string { return b.Value("name").(string) }

func pool(ctx context.Context, p *sync.Pool) *user { return p.Get().(*user) }

func parameter(ctx context.Context, v any) *user { return v.(*user) }
