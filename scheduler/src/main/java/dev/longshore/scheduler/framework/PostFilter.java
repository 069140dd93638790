package dev.longshore.scheduler.framework;

import java.util.List;

/// Helps a pod for which no node will do. Called by the thread that decides; may write to the cluster.
public interface PostFilter {

    /// Does what it can, at most one thing each time.
    ///
    /// @param nodes all there are
    /// @return what it did, or that it did nothing, for people
    String help(PodView pod, List<NodeView> nodes);

    /// Nobody helps: for those who only imagine decisions.
    PostFilter NONE = (pod, nodes) -> "no new claims to deallocate";
}
