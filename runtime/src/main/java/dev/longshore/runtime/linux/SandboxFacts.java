package dev.longshore.runtime.linux;

import dev.longshore.linux.Processes;
import dev.longshore.runtime.SandboxSpec;
import java.time.Instant;
import java.util.List;

/// What is written down about a sandbox once it stands. That it was stopped is a file `stopped` beside.
///
/// @param networkNamespace the path of the pin; empty with the host's network
/// @param holder the first process of a shared pid namespace, or [ContainerFacts.Started#NOBODY]
record SandboxFacts(
        String id,
        SandboxSpec spec,
        Instant createdAt,
        List<String> addresses,
        String networkNamespace,
        Processes.Identity holder) {}
