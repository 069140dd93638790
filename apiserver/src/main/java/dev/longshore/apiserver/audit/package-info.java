/// Who did what and when, as `audit.k8s.io/v1` has it: a policy judges how much of a request is told, a trail follows
/// it through its stages, sinks take the events.
package dev.longshore.apiserver.audit;
