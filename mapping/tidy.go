package mapping

import (
	"slices"
	"strings"
	"unicode"
)

// tidyText makes of what a person typed what a file gives back when it is read:
// valid text, with line ends and tabs but no other control characters.
func tidyText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "�"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r == '\uFEFF', r&0xFFFE == 0xFFFE: // not in YAML
			return -1
		}
		return r
	}, s))
}

// tidyLine is a text on one line, with single blanks.
func tidyLine(s string) string { return strings.Join(strings.Fields(tidyText(s)), " ") }

func tidyCell(c Cell) Cell {
	return Cell{Key: tidyLine(c.Key), CEL: tidyText(c.CEL), Default: tidyText(c.Default), Required: c.Required,
		List: tidyLine(c.List), Table: tidyLine(c.Table)}
}

// without gives a copy without some elements; nil for none left, as a file that
// does not have the section gives.
func without[T any](list []T, out func(T) bool) []T {
	rest := slices.DeleteFunc(slices.Clone(list), out)
	if len(rest) == 0 {
		return nil
	}
	return rest
}

// with sets an entry of a map that may be nil.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	if m == nil {
		m = map[K]V{}
	}
	m[k] = v
	return m
}

// orNil gives nil for an empty map.
func orNil[K comparable, V any](m map[K]V) map[K]V {
	if len(m) == 0 {
		return nil
	}
	return m
}
