// Package checks computes; the functions that it is given get a context in case
// they want one.
package checks

import (
	"context"
	"fmt"
	"reflect"
)

type Set struct {
	funcs map[string]func(ctx context.Context, v reflect.Value) bool
}

func (s *Set) Struct(v any) error { return s.StructCtx(context.Background(), v) }

func (s *Set) StructCtx(ctx context.Context, v any) error {
	val := reflect.ValueOf(v)
	for i := range val.NumField() {
		name := val.Type().Field(i).Name
		if fn, ok := s.funcs[name]; ok && !fn(ctx, val.Field(i)) {
			return fmt.Errorf("field %s of %v", name, val.Type())
		}
	}
	return nil
}
