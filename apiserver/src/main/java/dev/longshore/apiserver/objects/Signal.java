package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import java.util.Optional;

/// What a [Subscription] tells.
public sealed interface Signal {

    /// An object changed.
    record Changed(Change change) implements Signal {}

    /// Everything up to `revision` has been told.
    record Progress(long revision) implements Signal {}

    /// Nothing more will come; with a reason that the client should read, or without when it shall simply ask
    /// again.
    record Ended(Optional<Fault> fault) implements Signal {}
}
