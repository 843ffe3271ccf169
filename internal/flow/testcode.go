package flow

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// isTesting reports whether a function is part of a test by its signature: it
// takes a testing.TB, or is a method of something that holds one, such as a
// suite.
func isTesting(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if isTestingTB(v.Type()) {
			return true
		}
	}
	return sig.Recv() != nil && (holdsTestingTB(sig.Recv().Type(), 0) || givesTestingTB(sig.Recv().Type()))
}

// double matches the names of types, and of what makes them, that stand for
// something else in tests.
var double = regexp.MustCompile(`^(?i:fake|mock|dummy)($|[A-Z0-9_])|^stub($|[A-Z])|^(?i:new)(Fake|Mock|Dummy)|[a-z0-9](Fake|Mock|Dummy)$|[a-z0-9]Mock[A-Z]`)

// doubleFile matches the names of files with what stands for something else in
// tests.
var doubleFile = regexp.MustCompile(`^(fake|mock)s?(_\w+)?\.go$|_(fake|mock)s?\.go$`)

// IsDouble reports whether f by its name, or its receiver's, stands for something
// else in tests, or makes what does.
func (f *Func) IsDouble() bool {
	if f.Obj == nil {
		return false
	}
	if f.inDoubles {
		return true
	}
	if f.Obj.Signature().Recv() != nil {
		return double.MatchString(ReceiverName(f.Obj))
	}
	return double.MatchString(f.Obj.Name())
}

// ReceiverName is the name of the type whose method a function is; else it is
// empty.
func ReceiverName(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return ""
	}
	t := types.Unalias(recv.Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

// importsGinkgo reports whether a file is written for ginkgo, whose specs are
// literals without a testing.TB, in files of any name.
func importsGinkgo(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		return strings.HasPrefix(spec.Path.Value, `"github.com/onsi/ginkgo`)
	})
}

// holdsTestingTB reports whether a struct has a testing.TB in a field of its
// own or of a struct embedded in it.
func holdsTestingTB(t types.Type, depth int) bool {
	const deepest = 4
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || depth > deepest {
		return false
	}
	for field := range s.Fields() {
		if isTestingTB(field.Type()) || field.Embedded() && holdsTestingTB(field.Type(), depth+1) {
			return true
		}
	}
	return false
}

// givesTestingTB reports whether a type has the method T of test suites.
func givesTestingTB(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "T")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1 && isTestingTB(fn.Signature().Results().At(0).Type())
}

// testingMethods are the methods of package testing's T, by which interfaces
// are known that it is behind.
var testingMethods = []string{
	"ArtifactDir", "Attr", "Chdir", "Cleanup", "Context", "Deadline", "Error", "Errorf", "Fail", "FailNow", "Failed", "Fatal", "Fatalf", "Helper",
	"Log", "Logf", "Name", "Output", "Parallel", "Setenv", "Skip", "SkipNow", "Skipf", "Skipped", "TempDir",
}

// endsTest reports whether a method of an interface that a *testing.T
// satisfies ends the goroutine of the test.
func endsTest(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.Results().Len() > 0 {
		return false
	}
	iface, ok := sig.Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return false
	}
	switch fn.Name() {
	case "FailNow", "SkipNow":
		if sig.Params().Len() > 0 {
			return false
		}
	case "Fatal", "Fatalf", "Skip", "Skipf":
		if !sig.Variadic() {
			return false
		}
	default:
		return false
	}
	for method := range iface.Methods() {
		if !slices.Contains(testingMethods, method.Name()) {
			return false
		}
	}
	return true
}
