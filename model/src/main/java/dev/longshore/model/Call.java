package dev.longshore.model;

import java.util.List;

/// The request that strategies, admission and actions work for.
///
/// @param user who asks, after impersonation
/// @param dryRun nothing may be kept and nothing outside may be touched
/// @param warnings where to put sentences for the client's `Warning` headers
public record Call(UserInfo user, boolean dryRun, List<String> warnings) {}
