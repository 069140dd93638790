/// How many nodes there are: groups of like nodes that grow for pods without a place and shrink when nodes idle.
package dev.longshore.autoscaler;
