package bad

import (
	"context"
	"errors"
	"net/http"
)

type key struct{ name string }

var userKey = &key{"user"}

type user struct{ name string }

func plain(ctx context.Context) (*user, error) {
	u := ctx.Value(userKey).(*user) // want `this panics when ctx has no value for userKey of type \*user`
	return u, nil
}

func returned(ctx context.Context) *user {
	return ctx.Value(userKey).(*user) // want `has no value for userKey`
}

func returnedWithError(ctx context.Context) (*user, error) {
	return ctx.Value(userKey).(*user), nil // want `has no value for userKey`
}

func throughLocal(ctx context.Context) error {
	v := ctx.Value("id") // want `has no value for "id" of type int`
	if v.(int) > 0 {
		return errors.New("positive")
	}
	return nil
}

func used(ctx context.Context) error {
	greet(ctx.Value(userKey).(*user).name) // want `has no value for userKey of type \*user`
	return nil
}

func greet(string) {}

func assigned(ctx context.Context) (err error) {
	var u *user
	u = ctx.Value(userKey).(*user) // want `has no value for userKey`
	_ = u
	return nil
}

func declared(ctx context.Context) error {
	var u = ctx.Value(userKey).(*user) // want `has no value for userKey`
	greet(u.name)
	return nil
}

func handler(w http.ResponseWriter, r *http.Request) {
	u := r.Context().Value(userKey).(*user) // want `this panics when r.Context\(\) has no value for userKey`
	greet(u.name)
}

func get[T any](ctx context.Context, k any) (T, error) {
	v := ctx.Value(k).(T) // want `has no value for k of type T`
	return v, nil
}

type wrapped struct{ context.Context }

func embedded(c wrapped) error {
	u := c.Value(userKey).(*user) // want `this panics when c has no value for userKey`
	greet(u.name)
	return nil
}

func literal(ctx context.Context) func() error {
	return func() error {
		u := ctx.Value(userKey).(*user) // want `has no value for userKey`
		greet(u.name)
		return nil
	}
}

func conditional(ctx context.Context, named bool) bool {
	return named && ctx.Value(userKey).(*user).name != "" // want `has no value for userKey`
}

func comparedTooLate(ctx context.Context) error {
	v := ctx.Value(userKey) // want `has no value for userKey`
	u := v.(*user)
	if v == nil {
		return errors.New("no user")
	}
	greet(u.name)
	return nil
}

// The server's key, but not in a handler.
func client(r *http.Request) error {
	s := r.Context().Value(http.ServerContextKey).(*http.Server) // want `has no value for http.ServerContextKey`
	return s.Close()
}
