/// Leading requests on to back ends, and what they answer back.
package dev.longshore.apiserver.relay;
