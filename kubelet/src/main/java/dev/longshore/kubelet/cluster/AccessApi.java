package dev.longshore.kubelet.cluster;

import dev.longshore.model.UserInfo;
import java.util.Optional;

/// Whom the cluster knows, and what they may do to this node. Blocks; thread-safe.
public interface AccessApi {

    /// Who shows `token`; empty when nobody is known by it.
    ///
    /// @throws RuntimeException when the cluster does not answer
    Optional<UserInfo> user(String token);

    /// Whether `user` may do `verb` to a subresource of the node.
    ///
    /// @throws RuntimeException when the cluster does not answer
    boolean allows(UserInfo user, String verb, String subresource);
}
