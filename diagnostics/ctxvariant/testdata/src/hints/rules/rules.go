// Package rules applies what it is given.
package rules

import "context"

type Rule interface{ Validate(v any) error }

// RuleWithContext is a rule that may want to ask somebody.
type RuleWithContext interface {
	ValidateWithContext(ctx context.Context, v any) error
}

type By func(v any) error

func (f By) Validate(v any) error { return f(v) }

func Check(v any, rules ...Rule) error { return CheckWithContext(context.Background(), v, rules...) }

func CheckWithContext(ctx context.Context, v any, rules ...Rule) error {
	for _, r := range rules {
		if asks, ok := r.(RuleWithContext); ok {
			if err := asks.ValidateWithContext(ctx, v); err != nil {
				return err
			}
			continue
		}
		if err := r.Validate(v); err != nil {
			return err
		}
	}
	return nil
}
