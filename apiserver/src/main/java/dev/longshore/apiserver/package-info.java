/// The generic API machine.
package dev.longshore.apiserver;
