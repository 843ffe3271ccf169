package main

import (
	"context"
	"fmt"
)

type key struct{}

func name(ctx context.Context) (string, error) {
	s := ctx.Value(key{}).(string)
	return s, nil
}

func main() {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("panic:", r)
		}
	}()
	if _, err := name(context.Background()); err != nil {
		fmt.Println("error:", err)
	}
}
