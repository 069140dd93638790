/// What the user asked for, what the cluster recorded of itself, and where things lie in the data directory.
package dev.longshore.server.config;
