package dev.longshore.kinds.kit;

/// Rules that are newer than the objects they judge: an update may keep what breaks one, if the stored object breaks
/// it already. Kubernetes calls it ratcheting.
public enum Tightened {
    /// The values that selectors of labels look for can be values of labels.
    SELECTOR_VALUES,
    /// The selectors of a pod's topology spread can be read.
    SPREAD_SELECTORS,
    /// `matchLabelKeys` of a topology spread are not in its selector, too.
    SPREAD_KEYS,
    /// The values that a required affinity to nodes looks for can be values of labels.
    NODE_VALUES,
    /// Huge pages are asked for in whole pages.
    HUGE_PAGES,
    /// A token's file lies in its volume.
    TOKEN_PATH,
    /// A pod in the host's namespaces sets none of their sysctls.
    HOST_SYSCTLS,
    /// A pod with users of its own has no block devices.
    OWN_USERS_DEVICES,
    /// What it costs to delete a pod is a number.
    DELETION_COST,
    /// What runs before the pod's work is not resized by a restart.
    INITIAL_RESIZE,
    /// What a claim is filled from names its API group properly.
    SOURCE_GROUP,
    /// An Ingress' secrets have names that secrets can have.
    TLS_SECRETS,
    /// The routes of an Ingress' wildcard hosts are complete.
    WILDCARD_ROUTES,
    /// Webhooks can be asked in a version that is known.
    REVIEW_VERSIONS,
    /// Webhooks have names of their own.
    WEBHOOK_NAMES
}
