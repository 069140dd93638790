package dev.longshore.scheduler.framework;

import java.util.Optional;

/// Provides on the chosen node what a pod needs there before it comes.
public interface PreBind {

    /// The rule's name, as Kubernetes has it.
    String name();

    /// Takes for `pod` what it needs on `node`, so that no later pod is given the same. Must not block.
    ///
    /// @return what is to be done before the pod may go there; empty when nothing is
    Optional<Preparation> reserve(PodView pod, NodeView node);

    /// What is to be done, once: carried out or given back.
    interface Preparation {

        /// Does it, and waits until it is done, within the rule's own limit; what was taken is given back when
        /// it fails.
        ///
        /// @throws PreparationException when it cannot be done
        void carryOut() throws InterruptedException;

        /// Gives back what was taken.
        void giveBack();
    }
}
