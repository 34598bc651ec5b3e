// Package archtest holds the house's rules as tests: who may import whom, where
// SQL and HTTP answers live, that no vendor is named outside its folder, that
// everything exported is explained, and how long a file may be. A failure names
// the file and the line, and says what to do instead.
//
// The rules look at source files only, so they hold for code that nothing calls yet.
package archtest
