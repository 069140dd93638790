/// Servers of other people behind ours: APIServices, and all that follows from them.
package dev.longshore.apiserver.aggregation;
