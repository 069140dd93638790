/// Where pods go.
package dev.longshore.scheduler;
