/// The Docker Engine API.
package dev.longshore.docker;
