//! Dependencies among entries: an order in which each comes after what it needs, and the circles.

/// An order of the nodes of a graph, and what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Every node, each after those that it needs, otherwise in the order of their numbers. Nodes
    /// of a circle stand somewhere.
    pub(super) order: Vec<usize>,
    /// Each circle once, from its lowest node on, in the direction of the needs.
    pub(super) circles: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    /// On the way from the node that the search began with.
    Open,
    Done,
}

/// Sorts nodes by what each needs. No recursion: a chain may be as long as the file.
pub(super) fn sort(needs: &[Vec<usize>]) -> Sorted {
    let mut sorted = Sorted { order: Vec::with_capacity(needs.len()), circles: Vec::new() };
    let mut marks = vec![Mark::New; needs.len()];
    for start in 0..needs.len() {
        if marks[start] == Mark::New {
            visit(start, needs, &mut marks, &mut sorted);
        }
    }
    sorted
}

fn visit(start: usize, needs: &[Vec<usize>], marks: &mut [Mark], sorted: &mut Sorted) {
    marks[start] = Mark::Open;
    // The way to the current node, with how many needs of each were looked at.
    let mut way = vec![(start, 0)];
    while let Some(last) = way.last_mut() {
        let (node, looked_at) = *last;
        last.1 += 1;
        match needs[node].get(looked_at) {
            Some(&need) if marks[need] == Mark::New => {
                marks[need] = Mark::Open;
                way.push((need, 0));
            }
            Some(&need) if marks[need] == Mark::Open => sorted.circles.push(circle(&way, need)),
            Some(_) => {}
            None => {
                marks[node] = Mark::Done;
                sorted.order.push(node);
                way.pop();
            }
        }
    }
}

/// Returns the part of the way from `first` on, beginning with its lowest node.
fn circle(way: &[(usize, usize)], first: usize) -> Vec<usize> {
    let nodes = way.iter().map(|&(node, _)| node).skip_while(|&node| node != first);
    let mut circle: Vec<usize> = nodes.collect();
    let lowest = (0..circle.len()).min_by_key(|&index| circle[index]).unwrap_or(0);
    circle.rotate_left(lowest);
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(needs: &[&[usize]], order: &[usize], circles: &[&[usize]]) {
        let needs: Vec<Vec<usize>> = needs.iter().map(|needs| needs.to_vec()).collect();
        let circles = circles.iter().map(|circle| circle.to_vec()).collect();
        assert_eq!(sort(&needs), Sorted { order: order.to_vec(), circles });
    }

    #[test]
    fn puts_each_after_what_it_needs() {
        check(&[&[], &[], &[]], &[0, 1, 2], &[]);
        check(&[&[2, 1], &[2], &[]], &[2, 1, 0], &[]);
    }

    #[test]
    fn finds_each_circle_once() {
        check(&[&[0]], &[0], &[&[0]]);
        check(&[&[2], &[], &[3], &[0]], &[3, 2, 0, 1], &[&[0, 2, 3]]);
        check(&[&[1], &[2], &[1, 3], &[2]], &[3, 2, 1, 0], &[&[1, 2], &[2, 3]]);
    }

    #[test]
    fn a_long_chain_is_no_recursion() {
        let needs: Vec<Vec<usize>> =
            (0..200_000).map(|node| if node < 199_999 { vec![node + 1] } else { vec![] }).collect();
        assert_eq!(sort(&needs).order[0], 199_999);
    }
}
