package app

// Time zones by name must work on machines without zone files too, such as an
// empty container.
import _ "time/tzdata"
