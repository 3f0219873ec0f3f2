//! How many of the city's clusters a district has by default (`1.2-1`): its share of the city's target by largest
//! remainder over open kindergartens, but at least as many as the largest cluster allows (`2.1.2-2`).

use crate::parameters::Parameters;

/// The default number of clusters for each district, in the order given; `kindergartens` counts the open ones.
///
/// An empty district has none, no district has more clusters than kindergartens. Because of the least number the sum
/// may exceed the target (“200个左右”). Of equal remainders the larger district comes first, then the one given first.
pub fn clusters_by_district(kindergartens: &[u32], parameters: &Parameters) -> Vec<u32> {
    let total: u64 = kindergartens.iter().map(|count| u64::from(*count)).sum();
    let target = u64::from(parameters.city_clusters);
    if total == 0 {
        return vec![0; kindergartens.len()];
    }
    let quota = |count: u32| u64::from(count) * target;
    let mut shares: Vec<u64> = kindergartens.iter().map(|count| quota(*count) / total).collect();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|&index| {
        let count = kindergartens[index];
        (std::cmp::Reverse(quota(count) % total), std::cmp::Reverse(count), index)
    });
    let missing = target - shares.iter().sum::<u64>();
    for &index in by_remainder.iter().take(missing as usize) {
        shares[index] += 1;
    }
    let bounded = |(share, count): (&u64, &u32)| {
        let least = count.div_ceil(parameters.largest_cluster.max(1));
        u32::try_from(*share).unwrap_or(u32::MAX).min(*count).max(least)
    };
    shares.iter().zip(kindergartens).map(bounded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Date;

    fn parameters() -> Parameters {
        Parameters::on(Date::from_ymd_opt(2026, 3, 1).unwrap())
    }

    #[test]
    fn the_shares_of_a_city_add_up_to_the_target() {
        let shares =
            clusters_by_district(&[139, 158, 230, 430, 481, 30, 273, 74, 93, 27, 0], &parameters());
        assert_eq!(shares.iter().sum::<u32>(), 200);
        assert_eq!(shares, [14, 16, 24, 44, 50, 3, 28, 8, 10, 3, 0]);
    }

    #[test]
    fn an_empty_district_has_no_cluster_and_an_empty_city_neither() {
        assert_eq!(clusters_by_district(&[10, 0], &parameters())[1], 0);
        assert_eq!(clusters_by_district(&[0, 0], &parameters()), [0, 0]);
        assert_eq!(clusters_by_district(&[], &parameters()), Vec::<u32>::new());
    }

    #[test]
    fn a_district_has_at_least_one_cluster_for_sixteen_kindergartens() {
        let few = Parameters { city_clusters: 2, ..parameters() };
        assert_eq!(clusters_by_district(&[33, 16, 1], &few), [3, 1, 1]);
    }

    #[test]
    fn a_small_city_has_no_more_clusters_than_kindergartens() {
        assert_eq!(clusters_by_district(&[3, 2], &parameters()), [3, 2]);
    }

    #[test]
    fn of_equal_remainders_the_district_given_first_comes_first() {
        let three = Parameters { city_clusters: 3, ..parameters() };
        assert_eq!(clusters_by_district(&[10, 10], &three), [2, 1]);
    }

    #[test]
    fn a_city_without_a_target_still_has_the_least_number() {
        let none = Parameters { city_clusters: 0, ..parameters() };
        assert_eq!(clusters_by_district(&[17, 5], &none), [2, 1]);
    }
}
