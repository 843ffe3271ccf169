package flow_test

import (
	"reflect"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// TestFactsAreFree checks that facts hold nothing that gob leaves out: it would
// make a difference whether a fact comes from memory or from disk, and it
// could keep the SSA of a package in memory for the whole run.
func TestFactsAreFree(t *testing.T) {
	facts := 0
	for _, result := range analysistest.Run(t, analysistest.TestData(), waiting, "waits", "waits/user") {
		for _, engine := range result.Action.Deps {
			for _, fact := range engine.AllPackageFacts() {
				facts++
				hidden(t, reflect.ValueOf(fact.Fact), "fact")
			}
		}
	}
	if facts == 0 {
		t.Error("there are no facts")
	}
}

// hidden fails the test for each unexported field below v that isn't zero.
func hidden(t *testing.T, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			hidden(t, v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			hidden(t, v.Index(i), path+"[]")
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.IsExported() {
				hidden(t, v.Field(i), path+"."+field.Name)
			} else if !v.Field(i).IsZero() {
				t.Errorf("%s.%s is set", path, field.Name)
			}
		}
	}
}
