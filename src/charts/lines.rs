//! Lines over days, on a scale that begins at nothing.

use super::{
    Line, Lines, NotDrawn, Stroke,
    canvas::{self, Beside, Canvas, GRID, INK, MARGIN, PALE, SMALL, WIDTH, WORDS},
    lettering::width,
    number,
};

const HEIGHT: i32 = 600;
/// Room for the days below.
const BELOW: i32 = 68;
const MARK: i32 = 5;
/// About so many lines stand behind the data.
const TICKS: f64 = 5.0;
/// Free between two days.
const APART: f32 = 22.0;

pub fn png(chart: &Lines) -> Result<Vec<u8>, NotDrawn> {
    canvas::png(HEIGHT, |canvas| {
        let top = canvas.head(&chart.title, &chart.note)?;
        explain(canvas, &chart.lines, top + 8)?;
        if chart.days.is_empty() {
            return canvas.words("There is nothing to count.", (MARGIN, top + 70), Beside::Right, WORDS, PALE);
        }
        let values = chart.lines.iter().flat_map(|line| &line.values).flatten().filter(|value| value.is_finite());
        let ticks = ticks(values.fold(0.0, |most: f64, value| most.max(*value)));
        let beside = ticks.iter().map(|tick| width(&number(*tick), SMALL).ceil() as i32).max().unwrap_or(0);
        // The first and the last day are written around their points, so half of them stands outside.
        let half = chart.days.iter().map(|day| width(day, SMALL).ceil() as i32 / 2).max().unwrap_or(0);
        let frame = Frame {
            left: MARGIN + beside.max(half - 14) + 14,
            right: WIDTH - MARGIN - half,
            top: top + 48,
            bottom: HEIGHT - BELOW,
            highest: ticks.last().copied().unwrap_or(1.0),
            days: chart.days.len(),
        };
        for tick in &ticks {
            let y = frame.y(*tick);
            let ink = if *tick == 0.0 { PALE } else { GRID };
            canvas.line(&[(frame.left, y), (frame.right, y)], 1, ink)?;
            canvas.words(&number(*tick), (frame.left - 12, y), Beside::Left, SMALL, PALE)?;
        }
        for at in written(&chart.days, frame.right - frame.left) {
            let x = frame.x(at);
            canvas.line(&[(x, frame.bottom), (x, frame.bottom + 6)], 1, PALE)?;
            canvas.words(&chart.days[at], (x, frame.bottom + 26), Beside::Middle, SMALL, INK)?;
        }
        chart.lines.iter().try_for_each(|line| draw(canvas, &frame, line))
    })
}

struct Frame {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    highest: f64,
    days: usize,
}

impl Frame {
    fn x(&self, day: usize) -> i32 {
        let gaps = self.days.saturating_sub(1);
        if gaps == 0 {
            return (self.left + self.right) / 2;
        }
        self.left + (f64::from(self.right - self.left) * day as f64 / gaps as f64).round() as i32
    }

    fn y(&self, value: f64) -> i32 {
        self.bottom - (f64::from(self.bottom - self.top) * value.clamp(0.0, self.highest) / self.highest).round() as i32
    }
}

/// Round numbers from nothing to at least the highest value.
pub fn ticks(highest: f64) -> Vec<f64> {
    let highest = if highest.is_finite() { highest.max(1.0) } else { 1.0 };
    let rough = highest / TICKS;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
    // What is counted is whole.
    let step = step.unwrap_or(10.0 * power).max(1.0);
    (0..=(highest / step).ceil() as u32).map(|at| f64::from(at) * step).collect()
}

/// Which days are written, so that none runs into the next.
pub fn written(days: &[String], room: i32) -> impl Iterator<Item = usize> + use<> {
    let widest = days.iter().map(|day| width(day, SMALL)).fold(0.0, f32::max) + APART;
    let gap = room as f32 / days.len().saturating_sub(1).max(1) as f32;
    let step = (widest / gap.max(1.0)).ceil().max(1.0) as usize;
    (0..days.len()).step_by(step)
}

fn draw(canvas: &Canvas<'_>, frame: &Frame, line: &Line) -> Result<(), NotDrawn> {
    let ink = line.shade.colour();
    let points: Vec<Option<(i32, i32)>> = line
        .values
        .iter()
        .take(frame.days)
        .enumerate()
        .map(|(day, value)| value.filter(|value| value.is_finite()).map(|value| (frame.x(day), frame.y(value))))
        .collect();
    for run in points.split(Option::is_none) {
        let run: Vec<(i32, i32)> = run.iter().copied().flatten().collect();
        match (line.stroke, run.as_slice()) {
            (_, []) => {}
            (Stroke::Dashes, run) => {
                run.windows(2).try_for_each(|pair| canvas.dashes(pair[0], pair[1], ink))?;
            }
            (_, [_]) => {}
            (_, run) => canvas.line(run, 3, ink)?,
        }
        run.into_iter().try_for_each(|at| mark(canvas, at, line.stroke, ink))?;
    }
    Ok(())
}

fn mark(
    canvas: &Canvas<'_>,
    (x, y): (i32, i32),
    stroke: Stroke,
    ink: plotters::style::RGBColor,
) -> Result<(), NotDrawn> {
    match stroke {
        Stroke::Dots => canvas.dot((x, y), MARK, ink),
        // Larger than a dot, so that it looks out behind one.
        Stroke::Squares => canvas.block((x - MARK - 2, y - MARK - 2), (x + MARK + 2, y + MARK + 2), ink),
        Stroke::Dashes => Ok(()),
    }
}

fn explain(canvas: &Canvas<'_>, lines: &[Line], y: i32) -> Result<(), NotDrawn> {
    let mut x = MARGIN;
    for line in lines {
        let ink = line.shade.colour();
        match line.stroke {
            Stroke::Dashes => canvas.dashes((x, y), (x + 44, y), ink)?,
            _ => canvas.line(&[(x, y), (x + 44, y)], 3, ink)?,
        }
        mark(canvas, (x + 22, y), line.stroke, ink)?;
        canvas.words(line.name, (x + 56, y), Beside::Right, SMALL, PALE)?;
        x += 56 + width(line.name, SMALL).ceil() as i32 + 36;
    }
    Ok(())
}
