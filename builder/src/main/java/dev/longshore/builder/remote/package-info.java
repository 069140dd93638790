/// What builds fetch from elsewhere: files by HTTP, and git repositories.
package dev.longshore.builder.remote;
