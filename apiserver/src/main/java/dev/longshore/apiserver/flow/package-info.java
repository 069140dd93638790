/// Priority and fairness: which requests are worked on now, which wait, and which are sent away.
package dev.longshore.apiserver.flow;
