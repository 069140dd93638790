/// A whole cluster in a test JVM.
package dev.longshore.testkit;
