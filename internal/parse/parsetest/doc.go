// Package parsetest is the test bench of the dialects: what every one of them
// must keep, said once.
//
// A dialect's Parse, its test files and its tables come in; failures of the
// test that called come out. The bench takes plain headers off lines itself and
// knows no envelope, no program's grammar and no other dialect; only tests
// import it. It writes golden files, and only with -update.
package parsetest
