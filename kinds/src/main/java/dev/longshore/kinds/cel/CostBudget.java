package dev.longshore.kinds.cel;

/// What expressions about one object may cost together, in Kubernetes' units: about one for each step. Not
/// thread-safe.
public final class CostBudget {

    /// What all expressions about an object may cost.
    public static final long OF_AN_OBJECT = 10_000_000;

    /// What one evaluation may cost.
    static final long OF_A_CALL = 1_000_000;

    /// What is said when an object's rules have cost too much together.
    public static final String SPENT =
            "validation failed due to running out of cost budget, no further validation rules will be run";

    private long left;

    /// With `units` to spend.
    public CostBudget(long units) {
        left = units;
    }

    /// Whether nothing is left.
    public boolean isSpent() {
        return left <= 0;
    }

    /// Spends `units`, though more than are left.
    void spend(long units) {
        left -= units;
    }
}
